// The plugin of PdkBench on go-pdk: the same calls as io.gatewright.bench.pdk.EightCalls makes on ours.
package main

import (
	"github.com/Kong/go-pdk"
	"github.com/Kong/go-pdk/server"
)

type Config struct {
	OneByOne bool
}

func New() interface{} {
	return &Config{}
}

func (config Config) Access(kong *pdk.PDK) {
	method, err := kong.Request.GetMethod()
	if err != nil {
		return
	}
	path, _ := kong.Request.GetPath()
	headers, _ := kong.Request.GetHeaders(-1)
	body, _ := kong.Request.GetRawBody()
	consumer, _ := kong.Client.GetConsumer()
	_ = kong.Ctx.SetShared("bench_method", method)
	_ = kong.Ctx.SetShared("bench_path", path)
	size := len(headers) + len(body) + len(consumer.Id)
	_ = kong.Response.SetHeader("x-bench", string(rune('a'+size%26)))
}

func main() {
	_ = server.StartServer(New, "1.0.0", 905)
}
