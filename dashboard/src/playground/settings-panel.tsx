import { Check } from '../components/check.tsx';
import { Field } from '../components/field.tsx';
import { Panel } from '../components/panel.tsx';
import { useResource } from '../components/use-resource.ts';
import { request } from '../api/request.ts';
import { useEffect } from 'preact/hooks';
import { efforts, type Effort } from './chat-body.ts';
import { JsonSettings } from './json-settings.tsx';
import { change, draft, read } from './state.ts';

/** What is asked for beside the messages. */
export function SettingsPanel() {
  const { model, system, stream, maxTokens, temperature, effort } = draft.value;
  const { problems } = read.value;
  const models = useResource('models', async (signal) => (await request<{ data: readonly { id: string }[] }>('/v1/models', { signal })).data.map(({ id }) => id));
  useEffect(() => {
    const first = models.data?.[0];
    if (first !== undefined && draft.value.model === '') change({ model: first });
  }, [models.data]);

  return (
    <Panel title="Settings">
      <div class="stack">
        <Field
          label="Model"
          hint={models.error ? `The list of models is missing: ${models.error.message}` : 'One of the list, an alias, or any name that a provider knows.'}
          error={problems.model}
        >
          {(props) => (
            <input
              {...props}
              class="input mono"
              list="playground-models"
              autocomplete="off"
              spellcheck={false}
              value={model}
              onInput={(event) => {
                change({ model: event.currentTarget.value });
              }}
            />
          )}
        </Field>
        <datalist id="playground-models">
          {models.data?.map((id) => (
            <option key={id} value={id} />
          ))}
        </datalist>
        <Field label="System">
          {(props) => (
            <textarea
              {...props}
              class="input"
              rows={2}
              placeholder="You are terse."
              value={system}
              onInput={(event) => {
                change({ system: event.currentTarget.value });
              }}
            />
          )}
        </Field>
        <div class="settings-numbers">
          <Field label="Max tokens" error={problems.maxTokens}>
            {(props) => (
              <input
                {...props}
                class="input"
                inputMode="numeric"
                value={maxTokens}
                onInput={(event) => {
                  change({ maxTokens: event.currentTarget.value });
                }}
              />
            )}
          </Field>
          <Field label="Temperature" error={problems.temperature}>
            {(props) => (
              <input
                {...props}
                class="input"
                inputMode="decimal"
                value={temperature}
                onInput={(event) => {
                  change({ temperature: event.currentTarget.value });
                }}
              />
            )}
          </Field>
          <Field label="Reasoning effort">
            {(props) => (
              <select
                {...props}
                class="input"
                value={effort}
                onChange={(event) => {
                  change({ effort: event.currentTarget.value as Effort | '' });
                }}
              >
                <option value="">default</option>
                {efforts.map((each) => (
                  <option key={each}>{each}</option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <div>
          <Check
            checked={stream}
            onChange={(checked) => {
              change({ stream: checked });
            }}
          >
            Stream
          </Check>
          <JsonSettings />
        </div>
      </div>
    </Panel>
  );
}
