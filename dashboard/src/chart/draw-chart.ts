import uPlot from 'uplot';
import { timeLabels } from './axis.ts';
import { alone, type ChartData, type Series, stacked } from './series.ts';
import 'uplot/dist/uPlot.min.css';

interface Drawing {
  readonly host: HTMLElement;
  readonly height: number;
  /** Asked for whenever it draws: it changes under it. */
  readonly data: () => ChartData;
  readonly write: (value: number) => string;
  /** There is nothing between two whole numbers. */
  readonly whole: boolean;
  /** Charts of one name show the same moment under the pointer. */
  readonly together?: string | undefined;
  readonly onPoint: (index: number | undefined) => void;
  readonly onZoom?: ((from: number, to: number) => void) | undefined;
}

/** Draws a chart into its host, in the colours of the moment. */
export function drawChart(drawing: Drawing): uPlot {
  const { host, height, data, write, whole, together, onPoint, onZoom } = drawing;
  const color = colorsOf(host);
  const axis = { stroke: color('var(--ink-faint)'), font: `11px ${getComputedStyle(host).fontFamily}`, ticks: { show: false } };
  return new uPlot(
    {
      width: Math.max(100, host.clientWidth),
      height,
      legend: { show: false },
      padding: [8, 4, 0, 0],
      scales: {
        x: { range: () => [data().from, data().to] },
        y: { range: (_, __, highest) => [0, highest > 0 ? highest * 1.08 : 1] },
      },
      axes: [
        { ...axis, size: 26, space: 72, grid: { show: false }, values: (_, splits, __, ___, step) => timeLabels(splits, step) },
        {
          ...axis,
          ...(whole && { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10_000, 100_000, 1_000_000] }),
          size: 54,
          gap: 6,
          space: 36,
          grid: { stroke: color('var(--line)'), width: 1 },
          values: (_, splits) => splits.map(write),
        },
      ],
      series: [{}, ...(data().kind === 'bars' ? bars(data().series, color) : lines(drawing, color))],
      bands: data().kind === 'band' ? [{ series: [2, 1], fill: color('color-mix(in srgb, var(--accent) 11%, transparent)') }] : [],
      cursor: {
        y: false,
        points: { show: data().kind !== 'bars' },
        drag: { x: onZoom !== undefined, y: false, setScale: false, dist: 6 },
        ...(together !== undefined && { sync: { key: together, filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' } } }),
      },
      hooks: {
        setCursor: [
          ({ cursor }) => {
            onPoint(cursor.idx ?? undefined);
          },
        ],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width > 0) onZoom?.(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    },
    aligned(data()),
    host,
  );
}

/** The same data in uPlot's own order: of bars the highest first. */
export function aligned({ kind, starts, series }: ChartData): uPlot.AlignedData {
  const drawn = kind === 'bars' ? stacked(series) : series;
  return [[...starts], ...drawn.map(({ values }) => [...values])];
}

type Colors = (css: string) => string;

function bars(series: readonly Series[], color: Colors): uPlot.Series[] {
  // A bar begins where its bucket begins.
  const paths = uPlot.paths.bars?.({ size: [0.78, 28], align: 1, radius: 0.15 });
  return series.toReversed().map((part) => ({ fill: color(`var(${part.color})`), width: 0, points: { show: false }, ...(paths && { paths }) }));
}

function lines({ data }: Pick<Drawing, 'data'>, color: Colors): uPlot.Series[] {
  const paths = data().kind === 'steps' ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return data().series.map((line, at) => ({
    ...(paths && { paths }),
    stroke: color(`var(${line.color})`),
    width: at === 0 ? 2 : 1.25,
    points: { show: true, size: 5, fill: color(`var(${line.color})`), filter: () => alone(data().series[at] ?? line) },
  }));
}

/** Canvases know no custom properties: an element of the page works a colour out. */
function colorsOf(host: HTMLElement): Colors {
  return (css) => {
    const probe = host.appendChild(document.createElement('i'));
    probe.style.color = css;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
