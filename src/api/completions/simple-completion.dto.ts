import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';

/** The simple form: a text in, a text out. What has no check here is checked by the wire's decoder. */
export class SimpleCompletionDto {
  @ApiProperty({ description: 'What is asked.', example: 'Hello there' })
  prompt!: string;

  @ApiPropertyOptional({ description: 'How the model is to answer.', example: 'You are terse.' })
  system?: string | null;

  @ApiPropertyOptional({ description: 'Names the provider, as the header X-SheLLM-Provider does.', example: 'demo' })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  provider?: string | null;

  @ApiPropertyOptional({ description: '`<provider>/<model>`, an alias, a provider id or a bare name; left out: the default of the provider, or of the gateway.', example: 'demo' })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  @IsNotEmpty({ message: 'must not be empty' })
  @MaxLength(256, { message: 'must be at most 256 characters' })
  model?: string | null;

  @ApiPropertyOptional({ description: 'Tokens of the answer, at most.', example: 200 })
  max_tokens?: number | null;

  @ApiPropertyOptional({ description: 'From 0 to 2; a CLI cannot set it and says so in X-SheLLM-Ignored-Params.', example: 0.7 })
  temperature?: number | null;

  @ApiPropertyOptional({ description: '`false`: no other provider answers where the first one fails.', default: true })
  @IsOptional()
  @IsBoolean({ message: 'must be a boolean' })
  fallback?: boolean | null;
}
