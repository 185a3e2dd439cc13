import { Module } from '@nestjs/common';
import { ChatController } from './chat.controller.js';
import { CompletionModule } from '../../completion/completion.module.js';

@Module({ imports: [CompletionModule], controllers: [ChatController] })
export class ChatModule {}
