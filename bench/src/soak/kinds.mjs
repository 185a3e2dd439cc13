// What the clients of a soak ask, and what they must be told. Each kind resolves when its answer is whole and right, and throws where it is not.
const HELLO = 'Say hello to the one who waits here all night.';
const user = (content) => ({ role: 'user', content });
const tool = {
  type: 'function',
  function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string', examples: ['Paris'] } }, required: ['city'] } },
};
const schema = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } }, required: ['name', 'age'], additionalProperties: false };

/** @param base `http://127.0.0.1:PORT` @param key the client's */
export function kindsOf(base, key) {
  const ask = async (body, { headers = {}, signal, expected = 200, path = '/v1/chat/completions', method = 'POST' } = {}) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      signal: signal ?? AbortSignal.timeout(60_000),
      ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    if (![expected].flat().includes(response.status)) throw new Error(`status ${response.status}, not ${expected}: ${(await response.text()).slice(0, 200)}`);
    return response;
  };
  const must = (right, what) => {
    if (!right) throw new Error(what);
  };
  const streamed = async (model, prompt = HELLO) => {
    const text = await (await ask({ model, stream: true, messages: [user(prompt)] })).text();
    must(text.includes('[DONE]') && !text.includes('"error"'), `the stream is not whole: ${text.slice(-200)}`);
  };
  const wrong = [
    () => ask('{"model": ', { expected: 400 }),
    () => ask({ model: 'demo', messages: [] }, { expected: 400 }),
    () => ask({ model: 'demo', provider: 'nobody', messages: [user(HELLO)] }, { expected: 400 }),
    // Too many of them are told to wait.
    () => ask({ model: 'openai/mock-fast', messages: [user(HELLO)] }, { expected: [401, 429], headers: { authorization: 'Bearer of-nobody' } }),
    () => ask(undefined, { expected: 405, method: 'GET' }),
    () => ask({ model: 'openai/mock-error-429', messages: [user(HELLO)] }, { expected: 429 }),
  ];
  let session,
    turns,
    next = 0;
  return {
    json: async () => {
      const { choices } = await (await ask({ model: 'openai/mock-fast', messages: [user(HELLO)] })).json();
      must(choices[0].message.content.length > 100, 'no answer');
    },
    stream: () => streamed('openai/mock-paced-40-5'),
    abort: async () => {
      const gone = new AbortController();
      const response = await ask({ model: 'openai/mock-paced-200-20', stream: true, messages: [user(HELLO)] }, { signal: gone.signal });
      const reader = response.body.getReader();
      await reader.read();
      gone.abort();
      await reader.read().then(
        () => must(false, 'it went on after it was aborted'),
        () => undefined,
      );
    },
    tools: async () => {
      const messages = [user('Use get_weather.')];
      const [{ message }] = (await (await ask({ model: 'demo', messages, tools: [tool] })).json()).choices;
      must(message.tool_calls?.length === 1, 'no function is called');
      const told = await (
        await ask({ model: 'demo', messages: [...messages, message, { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'rain' }], tools: [tool] })
      ).json();
      must(told.choices[0].message.content.includes('rain'), 'the result is not told');
    },
    // Ten turns each, then another one.
    session: async () => {
      const response = await ask({ model: 'demo', messages: [user(HELLO)] }, { headers: { 'x-shellm-session-id': session ?? 'new' } });
      must((await response.json()).choices[0].message.content.length > 0, 'no answer');
      turns = session === undefined ? 1 : turns + 1;
      session = turns < 10 ? response.headers.get('x-shellm-session-id') : undefined;
    },
    structured: async () => {
      const answer = await (
        await ask({ model: 'demo', messages: [user('Who?')], response_format: { type: 'json_schema', json_schema: { name: 'person', schema, strict: true } } })
      ).json();
      must(Number.isInteger(JSON.parse(answer.choices[0].message.content).age), 'not of the schema');
    },
    wrong: async () => void (await (await wrong[next++ % wrong.length]()).text()),
    claude: () => streamed('claude', `${HELLO} (${next++})`),
    codex: () => streamed('codex', `${HELLO} (${next++})`),
    gemini: () => streamed('gemini', `${HELLO} (${next++})`),
  };
}

/** Requests a second of each, 14 in all. One session is one conversation: its turns come one after the other. */
export const rates = { json: 5, stream: 3, abort: 1, tools: 0.5, session: 0.5, structured: 0.5, wrong: 2, claude: 0.25, codex: 0.25, gemini: 0.25 };
