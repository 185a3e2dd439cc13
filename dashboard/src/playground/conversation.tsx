import { Empty } from '../components/empty.tsx';
import { AnswerView } from './answer-view.tsx';
import { CallResults } from './call-results.tsx';
import { Composer } from './composer.tsx';
import { EntryView } from './entry-view.tsx';
import { FaultMessage } from './fault-message.tsx';
import { Figures } from './figures.tsx';
import { current, entries, waitingCalls } from './state.ts';

/** What was said, what is being said, and the place to say more. */
export function Conversation() {
  const under = current.value;
  return (
    <div class="stack">
      {entries.value.length === 0 && !under && (
        <Empty title="Nothing said yet.">
          <p class="muted">Pick a model, write a message, and watch the answer come in. The code beside it asks for the same.</p>
        </Empty>
      )}
      {entries.value.length > 0 && (
        <ol class="turns" aria-label="Conversation">
          {entries.value.map((entry) => (
            <EntryView key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
      {under && (under.state === 'running' || under.answer.text !== '') && (
        <div class="turn" data-role="assistant" aria-busy={under.state === 'running'}>
          <p class="turn-role">Assistant</p>
          <AnswerView {...under.answer} waiting={under.state === 'running'} />
          <Figures outcome={under} />
        </div>
      )}
      {under?.fault && <FaultMessage outcome={under} fault={under.fault} />}
      {waitingCalls.value.length > 0 && <CallResults key={waitingCalls.value.map(({ id }) => id).join()} calls={waitingCalls.value} />}
      <Composer />
    </div>
  );
}
