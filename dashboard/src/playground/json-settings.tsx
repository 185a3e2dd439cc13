import { Check } from '../components/check.tsx';
import { Field } from '../components/field.tsx';
import { type SettingsDraft } from './settings-draft.ts';
import { change, draft, read } from './state.ts';

/** What is told as JSON: functions, and the schema of the answer. */
export function JsonSettings() {
  return (
    <>
      <JsonSetting on="withTools" text="tools" title="Tools" label="Functions" hint="A list of name, description and parameters. When the model calls one, you give its answer." />
      <JsonSetting on="withSchema" text="schema" title="JSON answer" label="Schema" hint="A JSON schema that the answer has to keep to." />
    </>
  );
}

interface JsonSettingProps {
  readonly on: 'withTools' | 'withSchema';
  readonly text: 'tools' | 'schema';
  readonly title: string;
  readonly label: string;
  readonly hint: string;
}

function JsonSetting({ on, text, title, label, hint }: JsonSettingProps) {
  const set = (field: keyof SettingsDraft, value: string | boolean): void => {
    change({ [field]: value });
  };
  return (
    <>
      <Check
        checked={draft.value[on]}
        onChange={(checked) => {
          set(on, checked);
        }}
      >
        {title}
      </Check>
      {draft.value[on] && (
        <Field label={label} hint={hint} error={read.value.problems[text]}>
          {(props) => (
            <textarea
              {...props}
              class="input mono"
              rows={10}
              spellcheck={false}
              value={draft.value[text]}
              onInput={(event) => {
                set(text, event.currentTarget.value);
              }}
            />
          )}
        </Field>
      )}
    </>
  );
}
