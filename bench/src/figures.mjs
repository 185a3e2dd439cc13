// What a run measured, by target, stage and round, and the sums over it. Ratios and differences are taken within a round.
import { quantile } from './driver.mjs';

export const median = (values) =>
  quantile(
    values.filter((value) => Number.isFinite(value)),
    0.5,
  );

/** Each of one stage's result. CPU in seconds as measured: milliseconds a request, microseconds a chunk. */
export const perRequest = ({ cpu, per }) => (cpu / per) * 1e3;
export const ownPerRequest = ({ cpuOwn, per }) => (cpuOwn / per) * 1e3;
export const perChunk = ({ cpu, per }) => (cpu / per) * 1e6;
export const perSecond = ({ rps }) => rps;
export const chunksPerSecond = ({ chunksPerS }) => chunksPerS;
export const firstChunk = ({ first }) => first.p50;
export const latency = (quantile) => (result) => result[quantile];

export class Figures {
  constructor(results, reference) {
    this.results = results; // results[target][stage] = one a round
    this.reference = reference;
  }
  of(target, stage, figure) {
    return (this.results[target]?.[stage] ?? []).map(figure);
  }
  ratios(target, stage, figure, reference = this.reference) {
    const other = this.of(reference, stage, figure);
    return this.of(target, stage, figure).map((value, round) => value / other[round]);
  }
  added(target, stage, figure) {
    const direct = this.of('direct', stage, figure);
    return this.of(target, stage, figure).map((value, round) => value - direct[round]);
  }
  addedRatios(target, stage, figure) {
    const other = this.added(this.reference, stage, figure);
    return this.added(target, stage, figure).map((value, round) => value / other[round]);
  }
  sum(target, stages, figure) {
    return stages.flatMap((stage) => this.of(target, stage, figure)).reduce((one, other) => one + other, 0);
  }
}

/** (highest − lowest) / median; NaN of one round. */
export const spread = (values) => (values.length > 1 ? (Math.max(...values) - Math.min(...values)) / Math.abs(median(values)) : NaN);
