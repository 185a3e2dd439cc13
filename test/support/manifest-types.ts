import { resolve } from 'node:path';
import ts from 'typescript';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** What the types of Kubernetes (kubernetes-models) say against manifests: a field that they do not have, one that is missing, a value of another type. One line each. */
export function complaintsOfTypes(manifests: readonly Manifest[]): readonly string[] {
  // A literal of its type, as a compiler reads it: it alone refuses fields that a type does not have.
  const lines = manifests.map(
    ({ apiVersion, kind, ...rest }) =>
      `({ apiVersion: '${apiVersion}', kind: '${kind}', ${JSON.stringify(rest).slice(1, -1)} }) satisfies import('kubernetes-models/${apiVersion}/${kind}').I${kind};`,
  );
  const file = resolve(import.meta.dirname, 'manifests.ts');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
    lib: ['lib.es2015.d.ts'],
  };
  const text = `${lines.join('\n')}\nexport {};`;
  const onDisk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...onDisk,
    getSourceFile: (name, ...more) => (name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ESNext) : onDisk.getSourceFile(name, ...more)),
    fileExists: (name) => name === file || onDisk.fileExists(name),
    readFile: (name) => (name === file ? text : onDisk.readFile(name)),
  };
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file: where, start = 0, messageText }) => {
    const manifest = manifests[where?.getLineAndCharacterOfPosition(start).line ?? -1];
    return `${manifest?.kind} ${manifest?.metadata.name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}
