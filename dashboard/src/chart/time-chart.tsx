import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { Panel } from '../components/panel.tsx';
import { scheme } from '../frame/theme.ts';
import { bucketLabel } from './axis.ts';
import { aligned, drawChart } from './draw-chart.ts';
import { ChartTable } from './chart-table.tsx';
import { type ChartData, hasAny } from './series.ts';
import './chart.css';

interface TimeChartProps {
  readonly title: string;
  readonly data: ChartData;
  readonly bucketSeconds: number;
  readonly write: (value: number) => string;
  /** There is nothing between two whole numbers: they are counted. */
  readonly whole?: boolean;
  readonly height?: number;
  readonly together?: string;
  /** A part of the time was marked, in seconds since 1970. */
  readonly onZoom?: (from: number, to: number) => void;
}

/** Values over time: as a picture, whose values the pointer and the arrow keys read, and as a table. */
export function TimeChart({ title, data, bucketSeconds, write, whole = false, height = 168, together, onZoom }: TimeChartProps) {
  const point = useSignal<number>();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const latest = useRef({ data, onZoom, write });
  latest.current = { data, onZoom, write };

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const drawn = drawChart({
      host: element,
      height,
      whole,
      together,
      data: () => latest.current.data,
      write: (value) => latest.current.write(value),
      onPoint: (index) => (point.value = index),
      onZoom: onZoom && ((from, to) => latest.current.onZoom?.(from, to)),
    });
    plot.current = drawn;
    const observer = new ResizeObserver(() => {
      drawn.setSize({ width: Math.max(100, element.clientWidth), height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
      plot.current = undefined;
    };
  }, [scheme.value, height, together, data.kind, data.series.length]);

  useEffect(() => {
    plot.current?.setData(aligned(data));
  }, [data]);

  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(event.key, point.value, data.starts.length);
    if (next === undefined || !plot.current) return;
    event.preventDefault();
    const at = data.starts[next];
    plot.current.setCursor(at === undefined ? { left: -10, top: -10 } : { left: plot.current.valToPos(at, 'x'), top: 10 });
  };

  return (
    <Panel title={title} actions={<Legend data={data} bucketSeconds={bucketSeconds} write={write} point={point} />}>
      <div
        class="chart"
        ref={host}
        role="application"
        aria-roledescription="chart"
        aria-label={`${title}. The arrow keys read the values, which are below as a table too.`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
      >
        {!hasAny(data.series) && (
          <p class="chart-nothing">
            <span>Nothing in this time</span>
          </p>
        )}
      </div>
      <ChartTable title={title} data={data} bucketSeconds={bucketSeconds} write={write} />
    </Panel>
  );
}

interface LegendProps extends Pick<TimeChartProps, 'data' | 'bucketSeconds' | 'write'> {
  readonly point: Signal<number | undefined>;
}

/** Which colour is what, and the values at the point that is looked at. */
function Legend({ data, bucketSeconds, write, point }: LegendProps) {
  const at = point.value;
  const start = at === undefined ? undefined : data.starts[at];
  return (
    <p class="chart-legend" aria-live="polite">
      {start !== undefined && <span class="muted">{bucketLabel(start, bucketSeconds)}</span>}
      {data.series.map(({ label, color, values }) => {
        const value = at === undefined ? undefined : values[at];
        return (
          <span key={label} class="chart-series">
            <i style={{ background: `var(${color})` }} />
            {label}
            {start !== undefined && <b>{value === null || value === undefined ? '–' : write(value)}</b>}
          </span>
        );
      })}
    </p>
  );
}

/** The point that a key leads to; -1 is none. */
function moved(key: string, point: number | undefined, length: number): number | undefined {
  const last = length - 1;
  if (key === 'ArrowLeft') return Math.max(0, (point ?? length) - 1);
  if (key === 'ArrowRight') return Math.min(last, (point ?? -1) + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  return key === 'Escape' && point !== undefined ? -1 : undefined;
}
