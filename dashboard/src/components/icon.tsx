/** Lines on a grid of 16, drawn in the colour of the text. */
const shapes = {
  overview: 'M2 13.5h12M4 11V7.5M8 11V3M12 11V5.5',
  live: 'M1.5 8.5h3l2-5 3 9 2-4h3',
  requests: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  usage: 'M8 1.8v6.2h6.2M8 1.8a6.2 6.2 0 1 0 6.2 6.2',
  providers: 'M8 1.8l6 3-6 3-6-3zM2 8l6 3 6-3M2 11.2l6 3 6-3',
  jobs: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM8 4.8V8l2.4 1.6',
  keys: 'M10.2 9.4a3.8 3.8 0 1 0-3.6-2.6L1.8 11.6v2.6h2.6v-1.8h1.8v-1.8zM11 5h.01',
  playground: 'M2.5 3.5l4 4-4 4M8.5 12h5',
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  check: 'M2.8 8.6l3.4 3.6 7-8.2',
  warning: 'M8 2l6.5 11.5h-13zM8 6.5v3M8 11.6h.01',
  info: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM8 7.3v3.8M8 4.9h.01',
  sun: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1v1.4M8 13.6V15M1 8h1.4M13.6 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  moon: 'M13.6 9.6A6 6 0 0 1 6.4 2.4a6 6 0 1 0 7.2 7.2z',
  contrast: 'M8 1.8a6.2 6.2 0 1 1 0 12.4zM8 1.8a6.2 6.2 0 0 0 0 12.4',
  leave: 'M6 2.5H2.5v11H6M6.5 8h7M10.5 5l3 3-3 3',
  refresh: 'M13.5 8A5.5 5.5 0 1 1 11.9 4.1L13.5 5.7M13.5 2.5v3.2h-3.2',
  plus: 'M8 3v10M3 8h10',
  clock: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM8 4.8V8l2.4 1.6',
  download: 'M8 2v8M4.8 7L8 10.2 11.2 7M2.5 13.5h11',
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={shapes[name]} />
    </svg>
  );
}
