/** The example's tests, without a Kong. */
@NullMarked
package com.example.hello;

import org.jspecify.annotations.NullMarked;
