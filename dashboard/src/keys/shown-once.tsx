import { Command } from '../components/command.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Message } from '../components/message.tsx';
import { shownOnce } from './issued.ts';

/** A key's value, for the only time. */
export function ShownOnce() {
  const key = shownOnce.value;
  if (!key) return null;
  const close = (): void => {
    shownOnce.value = undefined;
  };
  return (
    // Nothing but the button closes it: a slip of the hand would lose the key.
    <Dialog title={`The key of ${key.name}`}>
      <Message kind="warn" title="Copy it now: you will not see it again.">
        <p>Only a fingerprint of it is kept here. Whoever has it can do all that it may.</p>
      </Message>
      <div class="key-secret">
        <h3>Key</h3>
        <Command text={key.key} what="key" />
      </div>
      <div class="key-secret">
        <h3>Webhook secret</h3>
        <p class="muted">Checks the signature of this client's callbacks (Standard Webhooks).</p>
        <Command text={key.webhook_secret} what="webhook secret" />
      </div>
      <div class="row">
        <button type="button" class="button" data-kind="primary" onClick={close}>
          I have copied it
        </button>
      </div>
    </Dialog>
  );
}
