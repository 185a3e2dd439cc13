import { useSignal } from '@preact/signals';
import { Link } from 'wouter-preact';
import { Command } from '../components/command.tsx';
import { Message } from '../components/message.tsx';

/** No key is asked for: said on every page, with what ends it. */
export function OpenGateway() {
  const more = useSignal(false);
  return (
    <Message
      kind="warn"
      title="This gateway is open: whoever reaches it may use it, and change it here."
      actions={
        <button type="button" class="button" data-size="small" aria-expanded={more.value} onClick={() => (more.value = !more.value)}>
          How to close it
        </button>
      }
    >
      {more.value && (
        <>
          <p>
            Create the first key, with the scope “admin”, on the page <Link href="/keys">Keys</Link> or in a terminal. From then on everybody needs a key, this dashboard too: keep
            it well, it is shown once.
          </p>
          <Command text="shellm keys create me --scopes admin,completions" />
        </>
      )}
    </Message>
  );
}
