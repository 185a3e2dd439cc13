import { type ToolCall } from './turn.ts';

interface AnswerViewProps {
  readonly text: string;
  readonly reasoning?: string;
  readonly calls: readonly ToolCall[];
  /** More may come. */
  readonly waiting?: boolean;
}

/** What a model said, thought and called. */
export function AnswerView({ text, reasoning = '', calls, waiting = false }: AnswerViewProps) {
  return (
    <>
      {reasoning !== '' && (
        <details class="reasoning" open={waiting && text === ''}>
          <summary>Reasoning</summary>
          <p class="said">{reasoning}</p>
        </details>
      )}
      <p class={text === '' ? 'muted' : 'said'}>{text === '' ? silence({ waiting, reasoning, calls }) : text}</p>
      {calls.map((call) => (
        <Call key={call.id} {...call} />
      ))}
    </>
  );
}

/** In place of a text. */
function silence({ waiting, reasoning, calls }: Omit<AnswerViewProps, 'text'>): string | null {
  if (calls.length > 0 || (waiting && reasoning !== '')) return null;
  return waiting ? 'Waiting for the first word…' : 'An empty answer.';
}

function Call({ name, arguments: json }: ToolCall) {
  return (
    <div class="call">
      <p>
        Calls <code>{name}</code>
      </p>
      <pre tabIndex={0} aria-label={`Arguments of ${name}`}>
        <code>{pretty(json)}</code>
      </pre>
    </div>
  );
}

/** It may not be whole yet, or no JSON at all. */
function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
