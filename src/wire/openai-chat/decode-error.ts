import { cleanWords } from '../../redaction/clean-words.js';

/** What a vendor's error body says, as far as it says it, without secrets. */
export interface VendorError {
  readonly message: string | undefined;
  readonly code: string | undefined;
  readonly type: string | undefined;
  readonly param: string | undefined;
}

const MAX_MESSAGE = 2000;
const MAX_NAME = 200;

/** Reads OpenAI's error form; the same without its envelope (Cerebras, older vLLM); `{"error": "…"}` (Ollama); `{"detail": "…"}` (FastAPI). Anything else says nothing. */
export function decodeError(body: string): VendorError {
  const answer = fieldsOf(parsed(body));
  const { error = answer } = answer;
  const fields = fieldsOf(error);
  return {
    message: text(error, MAX_MESSAGE) ?? text(fields['message'], MAX_MESSAGE) ?? text(fields['detail'], MAX_MESSAGE),
    code: text(fields['code'], MAX_NAME),
    type: text(fields['type'], MAX_NAME),
    param: text(fields['param'], MAX_NAME),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function text(value: unknown, limit: number): string | undefined {
  return typeof value === 'string' && value !== '' ? cleanWords(value, limit) : undefined;
}
