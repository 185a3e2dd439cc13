import { type ComponentChildren } from 'preact';
import { Message } from './message.tsx';
import { type Resource } from './use-resource.ts';

interface LoadedProps<T> {
  readonly resource: Resource<T>;
  /** Shown until there is something: skeletons of what will stand there. */
  readonly waiting: ComponentChildren;
  readonly children: (data: T) => ComponentChildren;
}

/** A resource, or what keeps it from being here; an error while it is read anew stands above what was read before. */
export function Loaded<T>({ resource: { data, error, loading, stale, reload }, waiting, children }: LoadedProps<T>) {
  return (
    <>
      {error && (
        <Message
          kind="bad"
          title={error.message}
          actions={
            <button type="button" class="button" data-size="small" onClick={reload} disabled={loading}>
              Try again
            </button>
          }
        >
          {data !== undefined && <p>What stands below was read before.</p>}
        </Message>
      )}
      {data === undefined ? (
        !error && (
          <div class="stack" aria-busy="true">
            {waiting}
            <span class="sr-only">Loading…</span>
          </div>
        )
      ) : (
        <div class="stack" aria-busy={stale}>
          {children(data)}
        </div>
      )}
    </>
  );
}
