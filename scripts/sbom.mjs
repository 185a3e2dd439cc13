#!/usr/bin/env node
// The bill of materials of what is published, as CycloneDX: of all that npm has installed here, what is inside the bundle (dist/THIRD-PARTY-NOTICES.txt) and the
// dashboard. After `npm run build`:
//
//   npm run --silent sbom > shellm.cdx.json
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (file) => readFileSync(join(project, file), 'utf8');

const bill = JSON.parse(execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'], { cwd: project, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 }));
const edges = new Map(bill.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
const refsOf = new Map();
for (const component of bill.components) refsOf.set(component.name, [...(refsOf.get(component.name) ?? []), component['bom-ref']]);

/** Of the bundle, by name and version. */
const inside = new Set([...read('dist/THIRD-PARTY-NOTICES.txt').matchAll(/^(\S+) (\d\S*) \(.+\)$/gm)].map(([, name, version]) => `${name}@${version}`));
/** Of the dashboard, which is bundled apart: what it uses but for its builder, and what that uses. */
const waiting = Object.keys(JSON.parse(read('dashboard/package.json')).devDependencies).flatMap((name) => (name === 'vite' ? [] : (refsOf.get(name) ?? [])));
for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
  if (inside.has(ref)) continue;
  inside.add(ref);
  waiting.push(...(edges.get(ref) ?? []));
}

const { name, version } = JSON.parse(read('package.json'));
const root = `${name}@${version}`;
// npm calls it by its folder.
Object.assign(bill.metadata.component, { 'bom-ref': root, name, purl: `pkg:npm/${name}@${version}` });
const components = bill.components.filter((component) => inside.has(component['bom-ref']));
const missing = [...inside].filter((ref) => !components.some((component) => component['bom-ref'] === ref));
if (missing.length > 0) throw new Error(`npm does not know what is in the bundle: ${missing.join(', ')}`);
// To npm all of it is for development: what is published has no dependencies to install.
for (const component of components) {
  delete component.scope;
  component.properties = component.properties?.filter(({ name }) => name !== 'cdx:npm:package:development' && name !== 'cdx:npm:package:path');
}
const dependencies = [
  { ref: root, dependsOn: [...inside].sort() },
  ...[...inside].sort().map((ref) => ({ ref, dependsOn: (edges.get(ref) ?? []).filter((other) => inside.has(other)) })),
];
process.stdout.write(`${JSON.stringify({ ...bill, components, dependencies }, undefined, 2)}\n`);
