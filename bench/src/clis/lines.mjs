// A child that is spoken to in lines of JSON.
export function speaker(child) {
  let rest = '', hear = () => undefined, failed;
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    for (const text of lines) if (text.startsWith('{')) hear(JSON.parse(text));
  });
  child.stdin.on('error', (error) => (failed = error));
  return { say: (message) => { if (failed) throw failed; child.stdin.write(`${JSON.stringify(message)}\n`); }, onMessage: (listener) => (hear = listener) };
}

/** JSON-RPC over it: requests with their answers, and notifications to whoever listens. */
export function rpc(child, envelope = {}) {
  const { say, onMessage } = speaker(child), waiting = new Map();
  let id = 0, notified = () => undefined;
  onMessage((message) => {
    if (message.method) return message.id === undefined ? notified(message.method, message.params) : say({ ...envelope, id: message.id, error: { code: -32601, message: 'Method not found' } });
    const { done, fail } = waiting.get(message.id) ?? {};
    waiting.delete(message.id);
    if (message.error) fail?.(new Error(JSON.stringify(message.error))); else done?.(message.result);
  });
  return {
    request: (method, params) => new Promise((done, fail) => { waiting.set(++id, { done, fail }); say({ ...envelope, id, method, params }); }),
    notify: (method, params) => say({ ...envelope, method, params }),
    onNotification: (listener) => (notified = listener),
  };
}
