// SPDX-License-Identifier: Apache-2.0
using Google.Api.Expr.V1Alpha1;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// The few CEL expressions that RBAC needs. Both sides are filter state, hence bytes; a missing key is an error, hence
/// no match, hence closed (envoy-interception, section 5).
/// </summary>
internal static class Cel
{
    public static Expr SameState(string left, string right) => Call("_==_", State(left), State(right));

    public static Expr Or(Expr left, Expr right) => Call("_||_", left, right);

    private static Expr State(string key) => Call("_[_]",
        new Expr { IdentExpr = new Expr.Types.Ident { Name = "filter_state" } },
        new Expr { ConstExpr = new Constant { StringValue = key } });

    private static Expr Call(string function, params ReadOnlySpan<Expr> args)
    {
        Expr.Types.Call call = new() { Function = function };
        foreach (Expr arg in args)
        {
            call.Args.Add(arg);
        }

        return new Expr { CallExpr = call };
    }
}
