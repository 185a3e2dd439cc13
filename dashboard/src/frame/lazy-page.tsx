import { type ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Message } from '../components/message.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { type Route } from '../routes.ts';

const loaded = new Map<string, ComponentType>();

/** A page whose code is loaded when it is first looked at. */
export function LazyPage({ route }: { readonly route: Route }) {
  const [failed, setFailed] = useState(false);
  const [, setLoaded] = useState('');

  useEffect(() => {
    if (loaded.has(route.path)) return;
    setFailed(false);
    route.load().then(
      (page) => {
        loaded.set(route.path, page);
        setLoaded(route.path);
      },
      () => {
        setFailed(true);
      },
    );
  }, [route]);

  const Page = loaded.get(route.path);
  if (Page) return <Page />;
  if (!failed) return <Skeleton height={240} />;
  return (
    <Message
      kind="bad"
      title="This page could not be loaded."
      actions={
        <button
          type="button"
          class="button"
          onClick={() => {
            location.reload();
          }}
        >
          Load it again
        </button>
      }
    >
      <p>The gateway cannot be reached, or it runs a newer version than this page is of.</p>
    </Message>
  );
}
