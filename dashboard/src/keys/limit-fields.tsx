import { type ComponentChildren } from 'preact';
import { Check } from '../components/check.tsx';
import { Field } from '../components/field.tsx';
import { type KeyDraft } from './key-draft.ts';
import { type FormPart } from './key-form.tsx';

type Texts = 'rpm' | 'maxConcurrent' | 'usd' | 'tokens';

/** How much, and until when. */
export function LimitFields({ draft, set, errorOf }: FormPart) {
  const number = (field: Texts, label: string, hint: ComponentChildren, error?: string) => (
    <Field label={label} hint={hint} error={error}>
      {(props) => (
        <input
          {...props}
          class="input"
          inputMode="decimal"
          autocomplete="off"
          value={draft[field]}
          onInput={(event) => {
            set({ [field]: event.currentTarget.value });
          }}
        />
      )}
    </Field>
  );
  return (
    <>
      <div class="key-pair">
        {number('rpm', 'Requests a minute', 'None: as the gateway has it. 0: no limit.', errorOf('rpm'))}
        {number('maxConcurrent', 'Requests at once', 'None: no limit of its own.', errorOf('max_concurrent'))}
      </div>
      <div class="key-pair key-budget">
        {number('usd', 'Budget in dollars', 'Of the prices in shellm.config.yaml.', errorOf('budget'))}
        {number('tokens', 'Budget in tokens', 'Prompt and answer together.')}
        <Field label="Budget of a" hint="It begins anew at midnight UTC.">
          {(props) => (
            <select
              {...props}
              class="input"
              value={draft.period}
              onChange={(event) => {
                set({ period: event.currentTarget.value as KeyDraft['period'] });
              }}
            >
              <option>day</option>
              <option>month</option>
            </select>
          )}
        </Field>
      </div>
      <Field label="Ends on" hint="At the beginning of this day (UTC). None: when it is revoked." error={errorOf('expires_at')}>
        {(props) => (
          <input
            {...props}
            class="input key-date"
            type="date"
            value={draft.expires}
            onInput={(event) => {
              set({ expires: event.currentTarget.value });
            }}
          />
        )}
      </Field>
      <Check
        checked={draft.redact}
        onChange={(redact) => {
          set({ redact });
        }}
      >
        Clean answers of secrets <span class="muted">Off only for coding agents, whose answers become files</span>
      </Check>
    </>
  );
}
