// The plugin of PdkBench on Kong's PDK for JavaScript: the same calls as io.gatewright.bench.pdk.EightCalls makes on ours.
'use strict'

class EightCalls {
  constructor(config) {
    this.config = config
  }

  async access(kong) {
    const method = await kong.request.getMethod()
    const path = await kong.request.getPath()
    const headers = await kong.request.getHeaders()
    const body = await kong.request.getRawBody()
    const consumer = await kong.client.getConsumer()
    await kong.ctx.shared.set('bench_method', method)
    await kong.ctx.shared.set('bench_path', path)
    const size = Object.keys(headers).length + body.length + consumer.id.length
    await kong.response.setHeader('x-bench', String.fromCharCode(97 + (size % 26)))
  }
}

module.exports = { Plugin: EightCalls, Name: 'eight-calls', Schema: [], Version: '1.0.0', Priority: 905 }
