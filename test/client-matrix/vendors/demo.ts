import { expect } from '@jest/globals';
import { type MatrixVendor, type Step } from './vendor.js';

const directive = ({ calls = [], words, intervalMs }: Step, at: number): string =>
  [
    ...calls.map(({ name, args }) => `[[${at === 0 ? 'call' : 'then'} ${name} ${JSON.stringify(args)}]]`),
    ...(words === undefined ? [] : [`[[demo words=${words} delay=${intervalMs ?? 0}]]`]),
  ].join(' ');

/** The demo agent: there is no vendor behind it. It is told what to call and how long to speak; its words, figures and objects are its own. */
export function demo(): Promise<MatrixVendor> {
  return Promise.resolve({
    id: 'demo',
    model: 'demo/demo',
    environment: {},
    say: (prompt, steps) => [prompt, ...steps.map(directive)].join(' '),
    text: ({ words }) => (words === undefined ? expect.stringContaining('SheLLM demo agent') : Array.from({ length: words }, (_, index) => `word${index + 1}`).join(' ')),
    object: () => ({ city: expect.any(String), degrees: expect.any(Number), tags: [expect.any(String)] }),
    // A word is a token, an object and a call are one each.
    tokens: ({ calls, object }, text) => ({ output: calls?.length ?? (object === undefined ? text.trim().split(/\s+/).length : 1) }),
    close: () => Promise.resolve(),
  });
}
