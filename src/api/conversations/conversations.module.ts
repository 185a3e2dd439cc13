import { Module } from '@nestjs/common';
import { ConversationsController } from './conversations.controller.js';
import { ConversationsModule } from '../../conversations/conversations.module.js';

@Module({ imports: [ConversationsModule], controllers: [ConversationsController] })
export class ConversationsApiModule {}
