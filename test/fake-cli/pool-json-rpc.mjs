// Speaks JSON-RPC in lines: `echo` answers its params, `later` after so many milliseconds, `never` not at all, `fail` with an error, `ask` asks back and tells what
// it heard, `note` notifies, `noise` says what is no JSON-RPC, `exit` goes.
import { createInterface } from 'node:readline';

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const asked = new Map();
let lastId = 100;

const methods = {
  echo: ({ id, params }) => say({ id, result: params }),
  later: ({ id, params }) => setTimeout(() => say({ id, result: params }), params.ms),
  never: () => undefined,
  fail: ({ id, params }) => say({ id, error: params }),
  ask: ({ id, params }) => {
    const question = ++lastId;
    asked.set(question, (answer) => say({ id, result: answer }));
    say({ id: question, method: params.method, params: params.params });
  },
  note: ({ id, params }) => {
    say({ method: 'noted', params });
    say({ id, result: null });
  },
  noise: ({ id }) => {
    process.stdout.write('Loading…\n[1]\n42\n\n{"id":9999,"result":"of nobody"}\n{"id":"x","result":1}\n');
    say({ id, result: 'after' });
  },
  exit: () => process.exit(3),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  if (message.method === undefined) asked.get(message.id)?.({ result: message.result, error: message.error });
  else methods[message.method]?.(message);
});
