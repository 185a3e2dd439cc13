// The vendor and the client of `workload.mjs`. A stream's next chunk is sent when the client has the last one, so that none arrive together.
import { Agent, createServer, request } from 'node:http';
import { parentPort } from 'node:worker_threads';

const CHUNKS = 200;
const chunk = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1741569952, model: 'gpt-5', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const answer = JSON.stringify({
  ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1741569952, model: 'gpt-5' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'A gateway stands between those who ask and those who answer. '.repeat(10) }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 11, completion_tokens: 50, total_tokens: 61 },
});
let arrived = () => undefined;

const vendor = createServer((asked, reply) => {
  let body = '';
  asked.on('data', (piece) => (body += piece));
  asked.on('end', async () => {
    if (asked.method === 'GET') return reply.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"list","data":[]}');
    if (!JSON.parse(body).stream) return reply.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let index = 0; index < CHUNKS; index++) {
      const here = new Promise((done) => (arrived = done));
      reply.write(chunk({ content: `word ${index} ` }));
      await here;
    }
    reply.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
  });
});
vendor.listen(0, '127.0.0.1', () => parentPort.postMessage(vendor.address().port));

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const once = (port, stream) =>
  new Promise((done, failed) => {
    const body = JSON.stringify({ model: 'openai/gpt-5', stream, messages: [{ role: 'user', content: 'Say what a gateway is, in plain words.' }] });
    const headers = { authorization: 'Bearer key-of-the-app-0123456789', 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const asked = request({ agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/chat/completions', headers }, (response) => {
      let text = '';
      response.on('data', (piece) => {
        text += piece;
        arrived();
      });
      response.on('end', () =>
        response.statusCode === 200 && text.includes(stream ? '[DONE]' : 'gateway') ? done() : failed(new Error(`${response.statusCode}: ${text.slice(0, 200)}`)),
      );
    });
    asked.on('error', failed);
    asked.end(body);
  });

parentPort.on('message', async ({ port, path, count }) => {
  for (let index = 0; index < count; index++) await once(port, path === 'stream');
  parentPort.postMessage('done');
});
