import { Module } from '@nestjs/common';
import { ChatController } from './chat.controller.js';
import { CompletionModule } from '../../completion/completion.module.js';
import { TemplatesModule } from '../../templates/templates.module.js';

@Module({ imports: [CompletionModule, TemplatesModule], controllers: [ChatController] })
export class ChatModule {}
