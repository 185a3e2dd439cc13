import { pythonLiteral } from './literal.ts';
import { type ChatBody } from '../chat-body.ts';

/** For the `openai` package. @param origin where the gateway is, without a slash at the end */
export function pythonSnippet(origin: string, body: ChatBody): string {
  const parameters = Object.entries(body).map(([name, value]) => `    ${name}=${pythonLiteral(value, '    ')},`);
  return [
    'import os',
    '',
    'from openai import OpenAI',
    '',
    'client = OpenAI(',
    `    base_url=${JSON.stringify(`${origin}/v1`)},`,
    '    api_key=os.environ["SHELLM_API_KEY"],',
    ')',
    '',
    `${body.stream ? 'stream' : 'completion'} = client.chat.completions.create(`,
    ...parameters,
    ')',
    ...(body.stream ? readStream(body) : [`print(completion.choices[0].message${body.tools ? '' : '.content'})`]),
    '',
  ].join('\n');
}

function readStream({ tools }: ChatBody): string[] {
  const line = tools ? '        print(chunk.choices[0].delta)' : '        print(chunk.choices[0].delta.content or "", end="", flush=True)';
  return ['for chunk in stream:', '    if chunk.choices:', line];
}
