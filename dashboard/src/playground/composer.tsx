import { useId } from 'preact/hooks';
import { read, running, send, stop, waitingCalls, written } from './state.ts';

/** Where the next message is written. */
export function Composer() {
  const id = useId();
  const problems = Object.values(read.value.problems);
  const ready = problems.length === 0 && waitingCalls.value.length === 0;
  const submit = (): void => {
    if (ready && !running.value) send();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label class="sr-only" for={id}>
        Message
      </label>
      <textarea
        id={id}
        class="input"
        rows={3}
        placeholder="Write a message. Enter sends it, Shift + Enter begins a line."
        value={written.value}
        onInput={(event) => {
          written.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          submit();
        }}
      />
      <div class="row apart">
        <span class="muted">{waitingCalls.value.length > 0 ? 'First say what the functions answer.' : problems[0]}</span>
        {running.value ? (
          <button type="button" class="button" onClick={stop}>
            Stop
          </button>
        ) : (
          <button type="submit" class="button" data-kind="primary" disabled={!ready || written.value.trim() === ''}>
            Send
          </button>
        )}
      </div>
    </form>
  );
}
