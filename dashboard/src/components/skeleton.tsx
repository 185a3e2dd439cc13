import './skeleton.css';

/** What stands where something is about to come. */
export function Skeleton({ height }: { readonly height: number }) {
  return <div class="skeleton" style={{ height: `${height}px` }} aria-hidden="true" />;
}
