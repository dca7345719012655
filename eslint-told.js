/**
 * What goes wrong is told, or a comment says why there is nothing to tell: a `catch` that does nothing with its error, a rejection that
 * becomes a value, and a listener for errors that does nothing need one, at the place or above the statement.
 */
export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: { silent: 'Nobody hears of this error: tell of it, or say in a comment why nothing is lost.' },
  },
  create(context) {
    const { sourceCode } = context;
    const explained = node => {
      const above = statementOf(node).loc.start.line - 1;
      const isBy = ({ loc: { start, end } }) =>
        end.line === above || (end.line >= node.loc.start.line && start.line <= node.loc.end.line);
      return sourceCode.getAllComments().some(isBy);
    };
    const ignores = node => sourceCode.getDeclaredVariables(node).every(({ references }) => references.length === 0);
    const check = node => {
      if (!explained(node)) context.report({ node, messageId: 'silent' });
    };
    return {
      CatchClause(node) {
        if (ignores(node) && node.body.body.every(isSilent)) check(node);
      },
      CallExpression(node) {
        const { callee, arguments: given } = node;
        if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
        const { name } = callee.property;
        const isOfErrors = ['on', 'once'].includes(name) && given[0]?.value === 'error';
        const handler = name === 'catch' ? given[0] : name === 'then' || isOfErrors ? given[1] : undefined;
        if (handler?.type === 'ArrowFunctionExpression' && handler.params.length === 0 && isEmpty(handler.body))
          check(node);
      },
    };
  },
};

/** Values that say nothing of what went wrong. */
function isEmpty(body) {
  if (body.type === 'BlockStatement') return body.body.every(isSilent);
  if (body.type === 'ObjectExpression') return body.properties.length === 0;
  if (body.type === 'UnaryExpression') return body.argument.type === 'Literal';
  return ['Literal', 'Identifier', 'ArrayExpression'].includes(body.type);
}

function isSilent(statement) {
  switch (statement.type) {
    case 'ReturnStatement':
      return statement.argument === null || isEmpty(statement.argument);
    case 'ContinueStatement':
    case 'BreakStatement':
      return true;
    default:
      return false;
  }
}

function statementOf(node) {
  let at = node;
  while (at.parent && !/Statement$|Declaration$|PropertyDefinition|MethodDefinition/.test(at.type)) at = at.parent;
  return at;
}
