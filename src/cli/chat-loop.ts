import { createInterface, type Interface } from 'node:readline';
import { answerTo, type ChatRequest, type Message } from './chat-answer.js';
import { CommandFailure } from './command-failure.js';
import { type GatewayClient } from './gateway-client.js';
import { paint } from './paint.js';
import { note } from './print.js';

/** Questions and answers, until /exit, Ctrl-D, or Ctrl-C where nothing is being answered. */
export async function converse(gateway: GatewayClient, { model, messages: beginning }: ChatRequest): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: paint('cyan', '› '), historySize: 200 });
  const left = new AbortController();
  terminal.once('close', () => {
    left.abort();
  });
  const lines = linesOf(terminal, left.signal);
  let messages = beginning;
  let answering: AbortController | undefined;
  terminal.on('SIGINT', () => {
    if (answering) answering.abort();
    else terminal.close();
  });
  note(paint('dim', `${model} · /new begins anew, /exit ends`, process.stderr));
  terminal.prompt();
  for await (const line of lines) {
    const asked = line.trim();
    if (asked === '/exit') break;
    if (asked === '/new') messages = beginning;
    else if (asked !== '') {
      answering = new AbortController();
      messages = await turn(gateway, { model, messages: [...messages, { role: 'user', content: asked }] }, answering.signal, messages);
      answering = undefined;
    }
    if (!left.signal.aborted) terminal.prompt();
  }
  terminal.close();
}

/** Those that are typed while an answer comes wait for it. */
async function* linesOf(terminal: Interface, left: AbortSignal): AsyncGenerator<string> {
  const typed: string[] = [];
  let wake = (): void => undefined;
  terminal.on('line', (line) => {
    typed.push(line);
    wake();
  });
  left.addEventListener('abort', () => {
    wake();
  });
  for (;;) {
    const line = typed.shift();
    if (line !== undefined) yield line;
    else if (left.aborted) return;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}

/** The conversation after a turn; one that failed, or was let go of, counts for nothing. */
async function turn(gateway: GatewayClient, request: ChatRequest, signal: AbortSignal, before: readonly Message[]): Promise<readonly Message[]> {
  try {
    const content = await answerTo(gateway, request, signal);
    return [...request.messages, { role: 'assistant', content }];
  } catch (error) {
    if (!signal.aborted && !(error instanceof CommandFailure)) throw error;
    note(signal.aborted ? '' : `${paint('red', 'shellm:', process.stderr)} ${(error as Error).message}`);
    return before;
  }
}
