import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { optionalPackages } from '../../scripts/optional-packages.mjs';

const project = fileURLToPath(new URL('../..', import.meta.url));
/** Of the specs' own packages, those that many of them load. */
const ofSpecs = ['fast-check', 'openai', '@nestjs/testing'];

/**
 * The packages that `src/` imports, each as one file, as a `moduleNameMapper` for Jest: it loads them anew for every spec, and those of a gateway are 2,000 files
 * (3.0 s of CPU a spec that boots one, not 2.0). Made where there are none for this package-lock.json.
 */
export async function bundlePackages() {
  const specifiers = [...new Set([...importedBySources(), ...ofSpecs])].filter((specifier) => specifier !== '@jest/globals').sort();
  const key = createHash('sha256').update(JSON.stringify(specifiers));
  for (const file of [join(project, 'package-lock.json'), fileURLToPath(import.meta.url)]) key.update(readFileSync(file));
  const folder = join(tmpdir(), 'shellm-test-packages', key.digest('hex').slice(0, 16));
  if (!existsSync(folder)) await bundle(specifiers, folder);
  return Object.fromEntries(specifiers.map((specifier) => [`^${specifier.replaceAll('.', '\\.')}$`, join(folder, `${nameOf(specifier)}.mjs`)]));
}

const IMPORT = /^(?:import (?!type\b)(?:.* from )?|} from |.*\bimport\()'((?!node:)[^.'][^']*)'/gm;

function importedBySources() {
  const files = readdirSync(join(project, 'src'), { recursive: true }).filter((file) => /(?<!spec)\.ts$/.test(file));
  return files.flatMap((file) => [...readFileSync(join(project, 'src', file), 'utf8').matchAll(IMPORT)].map(([, specifier]) => specifier));
}

const nameOf = (specifier) => specifier.replaceAll('/', '__');

async function bundle(specifiers, folder) {
  const unfinished = `${folder}.${process.pid}`;
  const inside = await rolldown({
    input: Object.fromEntries(specifiers.map((specifier) => [nameOf(specifier), `${ENTRY}${specifier}`])),
    platform: 'node',
    external: optionalPackages,
    plugins: [entries],
    onLog: () => undefined,
  });
  await inside.write({ dir: unfinished, format: 'esm', keepNames: true, entryFileNames: '[name].mjs', chunkFileNames: 'chunks/[name]-[hash].mjs', comments: false });
  await inside.close();
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another run was faster.
    if (!existsSync(folder)) throw error;
    rmSync(unfinished, { recursive: true });
  }
}

const ENTRY = '\0entry:';
/** Names every export: those of a CommonJS package are known only to who loads it. */
const entries = {
  name: 'entries',
  resolveId: (id) => (id.startsWith(ENTRY) ? id : undefined),
  load: async (id) => {
    if (!id.startsWith(ENTRY)) return undefined;
    const specifier = id.slice(ENTRY.length);
    const names = Object.keys(await import(specifier)).filter((name) => name !== 'module.exports');
    return names.length === 0 ? `import ${JSON.stringify(specifier)};` : `export { ${names.join(', ')} } from ${JSON.stringify(specifier)};`;
  },
};
