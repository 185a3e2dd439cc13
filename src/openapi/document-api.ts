import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { join } from 'node:path';
import { completeDocument } from './complete-document.js';
import { packageFolder } from '../config/own-file.js';
import { packageVersion } from '../config/package-version.js';

/** Where `npm run build` puts its files. */
const swaggerUi = join(packageFolder, 'dist/swagger-ui');

/** In this order, whatever the modules'. */
const tags: Readonly<Record<string, string>> = {
  chat: "OpenAI's chat completions, over every provider.",
  responses: "OpenAI's responses, over every provider: kept, gone on with, made with nobody waiting.",
  messages: "Anthropic's messages, over every provider.",
  completions: "A text for a prompt, in the gateway's own simple form; and OpenAI's legacy completions, of API providers.",
  embeddings: 'Of API providers.',
  files: 'The input and the results of batches.',
  batches: 'Thousands of requests in one file, run when nobody else waits.',
  models: 'What there is, what it can do, and what is left of its limits.',
  templates: 'Prompts with places for values.',
  conversations: 'Histories that the gateway keeps, looked at and deleted by their ids.',
  jobs: 'Completions that are told to a URL.',
  sessions: 'Histories that a header names.',
  keys: 'Who may use the gateway, for those with the scope `admin`.',
  usage: 'What completions took, for those with the scope `admin`.',
  metrics: 'For Prometheus.',
  health: 'Probes, without a key.',
};

const description = `One OpenAI-compatible server in front of your LLM subscriptions and API keys.

**Keys.** \`Authorization: Bearer KEY\` or \`x-api-key: KEY\`. A gateway without clients is open, and takes requests of its own machine alone.

**Errors** are \`{"error": {"message", "type", "param", "code"}}\`; decide by \`code\`. On \`/v1/messages\` they have Anthropic's shape. A stream that fails after its first byte ends with the error in it.

**Every answer** has an \`X-Request-ID\`: the request's own where it sent one, else a new one.`;

/** Serves the OpenAPI document as `/docs-json` and `/docs-yaml`, and as a page to try it, `/docs`. It is made when it is first asked for. */
export function documentApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => apiDocument(app), {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'SheLLM API',
    customSwaggerUiPath: swaggerUi,
  });
}

function apiDocument(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('SheLLM')
    .setDescription(description)
    .setVersion(packageVersion)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This gateway')
    .addSecurity('bearer', { type: 'http', scheme: 'bearer', description: 'A key of `SHELLM_CLIENTS`, or one that was issued.' })
    .addSecurity('x-api-key', { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The same keys.' });
  for (const [name, text] of Object.entries(tags)) builder.addTag(name, text);
  return completeDocument(SwaggerModule.createDocument(app, builder.build()));
}
