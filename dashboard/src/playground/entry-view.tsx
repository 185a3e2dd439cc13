import { useSignal } from '@preact/signals';
import { AnswerView } from './answer-view.tsx';
import { Figures } from './figures.tsx';
import { againAfter, cutAt, edit, type Entry, running } from './state.ts';
import { type Turn } from './turn.ts';

const names: Readonly<Record<Turn['role'], string>> = { user: 'You', assistant: 'Assistant', tool: 'Function' };

/** A turn of the conversation, which can be changed afterwards. */
export function EntryView({ entry: { id, turn, outcome } }: { readonly entry: Entry }) {
  const changed = useSignal<string>();
  return (
    <li class="turn" data-role={turn.role}>
      <div class="row apart">
        <p class="turn-role">{names[turn.role]}</p>
        {changed.value === undefined && !running.value && (
          <div class="turn-actions">
            <button
              type="button"
              class="button"
              data-kind="quiet"
              data-size="small"
              onClick={() => {
                changed.value = turn.text;
              }}
            >
              Edit
            </button>
            <button
              type="button"
              class="button"
              data-kind="quiet"
              data-size="small"
              title="Removes this turn and all after it"
              onClick={() => {
                cutAt(id);
              }}
            >
              Remove
            </button>
          </div>
        )}
      </div>
      {changed.value === undefined ? (
        <Said turn={turn} reasoning={outcome?.answer.reasoning} />
      ) : (
        <Editor id={id} role={turn.role} changed={changed.value} onChange={(text) => (changed.value = text)} />
      )}
      {outcome && <Figures outcome={outcome} />}
    </li>
  );
}

function Said({ turn, reasoning = '' }: { readonly turn: Turn; readonly reasoning: string | undefined }) {
  if (turn.role === 'assistant') return <AnswerView text={turn.text} reasoning={reasoning} calls={turn.calls} />;
  return <p class={turn.role === 'tool' ? 'said mono' : 'said'}>{turn.text}</p>;
}

interface EditorProps {
  readonly id: number;
  readonly role: Turn['role'];
  readonly changed: string;
  readonly onChange: (text: string | undefined) => void;
}

function Editor({ id, role, changed, onChange }: EditorProps) {
  const save = (): void => {
    edit(id, changed);
    onChange(undefined);
  };
  return (
    <div class="stack">
      <textarea
        class="input"
        rows={4}
        aria-label="Text of the turn"
        value={changed}
        onInput={(event) => {
          onChange(event.currentTarget.value);
        }}
      />
      <div class="row">
        <button type="button" class="button" data-size="small" onClick={save}>
          Save
        </button>
        {role === 'user' && (
          <button
            type="button"
            class="button"
            data-size="small"
            onClick={() => {
              save();
              againAfter(id);
            }}
          >
            Save and ask again
          </button>
        )}
        <button
          type="button"
          class="button"
          data-kind="quiet"
          data-size="small"
          onClick={() => {
            onChange(undefined);
          }}
        >
          Cancel
        </button>
      </div>
    </div>
  );
}
