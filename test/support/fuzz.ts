import fc from 'fast-check';

/** Seconds that all fuzzing takes together: ten in CI, more where somebody looks for trouble (`FUZZ_SECONDS=600`). */
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 10);
/** The weights of all properties together. */
const SHARES = 28;
const SHARE_MS = (SECONDS * 1000) / SHARES;

/** What a failure prints, to repeat it: `FUZZ_SEED=1 FUZZ_PATH=0:1`, with the name of the spec. */
const { FUZZ_SEED: seed, FUZZ_PATH: path } = process.env;
const again = seed === undefined ? {} : { seed: Number(seed), ...(path === undefined ? {} : { path }) };

/** Of a spec that calls {@link fuzz}. Milliseconds. */
export const FUZZ_TIMEOUT_MS = 20_000 + SHARE_MS * 4;

/**
 * Runs a property for its share of the time, on whatever comes up.
 *
 * @param weight shares that it takes: more where one run takes long
 */
export async function fuzz<T>(property: fc.IAsyncProperty<T> | fc.IProperty<T>, weight = 1): Promise<void> {
  await fc.assert(property, { numRuns: 1_000_000, interruptAfterTimeLimit: SHARE_MS * weight, markInterruptAsFailure: false, ...again });
}
