import { type ContentPart, type Message } from '../../kernel/message.js';

/** A piece of a transcript: text, or a part that only a block of its own can hold. */
export type Piece = string | Exclude<ContentPart, { type: 'text' }>;

/**
 * Earlier turns for a session that knows nothing of them. Who speaks stands at the beginning of a line, and only there: every further line of what was
 * said is moved in, so that no text can pass for somebody else's turn.
 */
export function transcriptOf(messages: readonly Message[]): Piece[] {
  return messages.flatMap((message) => [`${speakers[message.role]}: `, ...saidIn(message), '\n\n']);
}

const speakers = { user: 'User', assistant: 'Assistant', tool: 'Result of a function' } as const;

function saidIn(message: Message): Piece[] {
  if (message.role !== 'assistant') return message.content.map((part) => (part.type === 'text' ? movedIn(part.text) : part));
  const calls = message.toolCalls.map(({ name, json }) => movedIn(`\n[called ${name}(${json})]`));
  return [movedIn(message.text), ...calls];
}

/** Everything that a model may take for the end of a line. */
function movedIn(text: string): string {
  return text.replace(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/g, '\n  ');
}
