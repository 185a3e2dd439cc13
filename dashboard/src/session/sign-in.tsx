import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { shown } from '../api/api-error.ts';
import { Command } from '../components/command.tsx';
import { Field } from '../components/field.tsx';
import { Brand } from '../frame/brand.tsx';
import { signIn } from './sign-in-out.ts';
import './sign-in.css';

/** In place of every page, at its own address: who has signed in sees the page that was asked for. */
export function SignIn() {
  const key = useSignal('');
  const busy = useSignal(false);
  const failure = useSignal<string>();
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = 'Sign in · SheLLM';
    input.current?.focus();
  }, []);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value || key.value.trim() === '') return;
    busy.value = true;
    failure.value = undefined;
    try {
      await signIn(key.value.trim());
    } catch (error) {
      failure.value = shown(error).message;
      input.current?.select();
    } finally {
      busy.value = false;
    }
  };

  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <Brand />
        <div>
          <h1>Sign in</h1>
          <p class="muted">With a key that has the scope “admin”.</p>
        </div>
        <form class="stack" onSubmit={(event) => void submit(event)}>
          <Field label="API key" error={failure.value}>
            {(props) => (
              <input
                {...props}
                ref={input}
                class="input mono"
                type="password"
                name="key"
                autocomplete="current-password"
                spellcheck={false}
                required
                placeholder="sk-shellm-…"
                value={key.value}
                onInput={(event) => {
                  key.value = event.currentTarget.value;
                }}
              />
            )}
          </Field>
          <button class="button" data-kind="primary" type="submit" disabled={busy.value}>
            {busy.value ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
        <details>
          <summary>No such key?</summary>
          <p>On the machine of the gateway, this makes one and shows it once:</p>
          <Command text="shellm keys create me --scopes admin,completions" />
        </details>
      </div>
    </main>
  );
}
