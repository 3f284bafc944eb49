-- Run by psql at the first start of Postgres. The control plane makes schemas and the role gatewright_service by itself.
\getenv gatewright_password GATEWRIGHT_DB_PASSWORD
\getenv keycloak_password KEYCLOAK_DB_PASSWORD
CREATE ROLE gatewright LOGIN CREATEROLE PASSWORD :'gatewright_password';
CREATE DATABASE gatewright OWNER gatewright;
CREATE ROLE keycloak LOGIN PASSWORD :'keycloak_password';
CREATE DATABASE keycloak OWNER keycloak;
