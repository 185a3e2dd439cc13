import { Check } from '../components/check.tsx';
import { Field } from '../components/field.tsx';
import { type FormPart } from './key-form.tsx';

const scopes = [
  ['completions', 'Ask models: completions, responses, messages, jobs, files, batches'],
  ['metrics', 'Read /metrics'],
  ['admin', 'Everything: this dashboard, keys, usage, everybody’s jobs'],
] as const;

/** Who it is for, and what it may do. `first`: it has to be an admin's. */
export function AccessFields({ draft, set, errorOf, first }: FormPart & { readonly first: boolean }) {
  const scopeError = errorOf('scopes');
  return (
    <>
      <Field label="Name" hint="Of the application or person that has it, as it stands in the log and in the usage." error={errorOf('name')}>
        {(props) => (
          <input
            {...props}
            class="input"
            required
            maxLength={64}
            autocomplete="off"
            spellcheck={false}
            value={draft.name}
            onInput={(event) => {
              set({ name: event.currentTarget.value });
            }}
          />
        )}
      </Field>
      <fieldset class="field">
        <legend>Scopes</legend>
        {scopes.map(([scope, words]) => (
          <Check
            key={scope}
            checked={draft.scopes.includes(scope)}
            disabled={first && scope === 'admin'}
            onChange={(checked) => {
              const others = draft.scopes.filter((each) => each !== scope);
              set({ scopes: checked ? [...others, scope] : others });
            }}
          >
            {scope} <span class="muted">{words}</span>
          </Check>
        ))}
        {scopeError !== undefined && <p class="field-words field-error">{scopeError}</p>}
      </fieldset>
      <Field label="Models" hint="Patterns such as claude/* or openai/gpt-4o, one a line. None: every model." error={errorOf('models')}>
        {(props) => (
          <textarea
            {...props}
            class="input mono"
            rows={2}
            spellcheck={false}
            value={draft.models}
            onInput={(event) => {
              set({ models: event.currentTarget.value });
            }}
          />
        )}
      </Field>
    </>
  );
}
