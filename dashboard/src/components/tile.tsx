import { type ComponentChildren } from 'preact';
import './tile.css';

interface TileProps {
  readonly label: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
  /** The exact value, where it was shortened. */
  readonly title?: string | undefined;
  readonly tone?: 'bad' | undefined;
}

/** One figure that matters. Stands in `Tiles`. */
export function Tile({ label, value, note, title, tone }: TileProps) {
  return (
    <div class="tile" data-tone={tone}>
      <dt>{label}</dt>
      <dd class="tile-value" title={title}>
        {value}
      </dd>
      {note !== undefined && <dd class="tile-note">{note}</dd>}
    </div>
  );
}

export function Tiles({ children }: { readonly children: ComponentChildren }) {
  return <dl class="tiles">{children}</dl>;
}
