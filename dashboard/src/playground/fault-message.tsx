import { Message } from '../components/message.tsx';
import { wordsOf } from '../error-words.ts';
import { type Fault } from './answer.ts';
import { type Outcome } from './ask.ts';
import { again } from './state.ts';

/** What went wrong, in full. */
export function FaultMessage({ outcome: { served }, fault }: { readonly outcome: Outcome; readonly fault: Fault }) {
  const words = wordsOf(fault.code);
  const facts = [
    fault.status !== undefined && `Status ${fault.status}`,
    fault.code && `Code ${fault.code}`,
    fault.param && `Parameter ${fault.param}`,
    served?.retryAfter && `Try again in ${served.retryAfter} s`,
    served?.requestId && `Request ${served.requestId}`,
  ].filter((fact) => typeof fact === 'string' && fact !== '');
  return (
    <Message
      kind="bad"
      title={fault.message}
      actions={
        <button type="button" class="button" data-size="small" onClick={again}>
          Try again
        </button>
      }
    >
      {words && (
        <p>
          {words.what} {words.todo}
        </p>
      )}
      {facts.length > 0 && <p class="mono">{facts.join(' · ')}</p>}
    </Message>
  );
}
