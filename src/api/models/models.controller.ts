import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiHeader, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ref } from '../../http/documentation/json-schema.js';
import { ModelCatalogue } from '../../completion/model-catalogue.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { type GatewayRequest } from '../../http/gateway-request.js';
import { ListRedactor } from '../../http/list-redactor.js';
import { type AnthropicModel, type AnthropicModels, encodeAnthropicModel, encodeAnthropicModels } from '../../wire/anthropic-models/encode-models.js';
import { pageOf, type PageQuery } from '../../wire/anthropic-models/page-of.js';
import { encodeModel, encodeModels, type ModelObject } from '../../wire/openai-models/encode-models.js';

/** No provider tells when a model was made; OpenAI's clients want a number. */
const CREATED = Math.floor(Date.now() / 1000);

const example = { id: 'claude/sonnet', object: 'model', created: 1790000000, owned_by: 'claude' };

const anthropicExample = encodeAnthropicModel(example.id, example.created);
const anthropicList = encodeAnthropicModels({ ids: [example.id], hasMore: false }, example.created);

/** Read from the request: as a parameter of its own the documentation would call for it. */
const VERSION = 'anthropic-version';

@ApiTags('models')
@Controller('v1/models')
@RequiresScope('completions')
@ApiHeader({ name: VERSION, required: false, description: "The answer then has Anthropic's shape, in pages (`limit`, `after_id`, `before_id`)." })
export class ModelsController {
  constructor(
    private readonly catalogue: ModelCatalogue,
    private readonly redactor: ListRedactor,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listModels', summary: 'Models', description: 'Every model of every usable provider as `<provider>/<model>`, and the aliases.' })
  @ApiOkResponse({
    description: 'The models that the key may use.',
    content: {
      'application/json': {
        schema: { anyOf: [ref('ModelList'), ref('AnthropicModelList')] },
        examples: { plain: { value: { object: 'list', data: [example] } }, 'with `anthropic-version`': { value: anthropicList } },
      },
    },
  })
  list(@Req() { client, headers }: GatewayRequest, @Query() query: PageQuery): ReturnType<typeof encodeModels> | AnthropicModels {
    const models = this.catalogue.list(client);
    if (headers[VERSION] === undefined) return this.redactor.clean(encodeModels(models, CREATED));
    const ids = models.map(({ id }) => id);
    return this.redactor.clean(encodeAnthropicModels(pageOf(ids, query), CREATED));
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getModel', summary: 'One model', description: 'By its full name (percent-encoded or not), an alias, or a bare name that leads to one.' })
  @ApiParam({ name: 'id', description: 'The name of the model.', example: 'claude/sonnet' })
  @ApiOkResponse({
    description: 'The model.',
    content: {
      'application/json': {
        schema: { anyOf: [ref('Model'), ref('AnthropicModel')] },
        examples: { plain: { value: example }, 'with `anthropic-version`': { value: anthropicExample } },
      },
    },
  })
  @ApiNotFoundResponse({ description: '`model_not_found`: the message lists what there is' })
  find(@Param('id') id: string, @Req() { client, headers }: GatewayRequest): ModelObject | AnthropicModel {
    const model = this.catalogue.find(id, client);
    return this.redactor.clean(headers[VERSION] === undefined ? encodeModel(model, CREATED) : encodeAnthropicModel(model.id, CREATED));
  }

  /** Names hold slashes, and people write them as they are: the rest of the path is the name. */
  @Get('*')
  @ApiExcludeEndpoint()
  findBySlashes(@Param('*') id: string, @Req() request: GatewayRequest): ModelObject | AnthropicModel {
    return this.find(id, request);
  }
}
