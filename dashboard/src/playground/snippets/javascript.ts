import { javascriptLiteral } from './literal.ts';
import { type ChatBody } from '../chat-body.ts';

/** For the `openai` package. @param origin where the gateway is, without a slash at the end */
export function javascriptSnippet(origin: string, body: ChatBody): string {
  const create = `await client.chat.completions.create(${javascriptLiteral(body)});`;
  return [
    "import OpenAI from 'openai';",
    '',
    'const client = new OpenAI({',
    `  baseURL: ${javascriptLiteral(`${origin}/v1`)},`,
    '  apiKey: process.env.SHELLM_API_KEY,',
    '});',
    '',
    ...(body.stream
      ? [`const stream = ${create}`, ...readStream(body)]
      : [`const completion = ${create}`, `console.log(completion.choices[0].message${body.tools ? '' : '.content'});`]),
    '',
  ].join('\n');
}

function readStream({ tools }: ChatBody): string[] {
  const line = tools ? '  console.log(chunk.choices[0]?.delta);' : "  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');";
  return ['for await (const chunk of stream) {', line, '}'];
}
