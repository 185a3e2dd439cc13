import { useSignal } from '@preact/signals';
import { Field } from '../components/field.tsx';
import { answerCalls } from './state.ts';
import { type ToolCall } from './turn.ts';

/** The functions are not run here: whoever tries the model says what they answer. */
export function CallResults({ calls }: { readonly calls: readonly ToolCall[] }) {
  const results = useSignal<Readonly<Record<string, string>>>({});
  return (
    <form
      class="call-results stack"
      onSubmit={(event) => {
        event.preventDefault();
        answerCalls(results.value);
      }}
    >
      {calls.map(({ id, name }) => (
        <Field key={id} label={`What ${name} answers`} hint="Any text, JSON as a rule. The function is not run: you are it.">
          {(props) => (
            <textarea
              {...props}
              class="input mono"
              rows={2}
              required
              placeholder='{"temperature": 4, "sky": "rain"}'
              value={results.value[id] ?? ''}
              onInput={(event) => {
                results.value = { ...results.value, [id]: event.currentTarget.value };
              }}
            />
          )}
        </Field>
      ))}
      <div class="row">
        <button type="submit" class="button" data-kind="primary">
          Go on
        </button>
      </div>
    </form>
  );
}
