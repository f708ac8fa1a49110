// SPDX-License-Identifier: Apache-2.0
using Cagent.Cli.Policies;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Limits;
using Cagent.Policy.Diagnostics;
using Spectre.Console;

namespace Cagent.Cli.Explaining;

/// <summary>An explanation for people: the answer first, then where it stands in the file, then what to do.</summary>
internal static class ExplanationText
{
    public static void Write(IAnsiConsole console, Explanation explanation, IReadOnlyDictionary<string, string> texts)
    {
        PolicyDecision decision = explanation.Decision;
        console.MarkupLine($"{(decision.IsAllowed ? "[green]allowed[/]" : $"[red]denied[/] {explanation.Reason}")}  {Markup.Escape(explanation.Request.ToString())}");
        if (explanation.KnownBy is { } knownBy)
        {
            console.MarkupLine($"  agent       {Markup.Escape($"{explanation.Request.Agent}, known by {knownBy}")}");
        }

        if (decision.Entry is { } entry)
        {
            console.MarkupLine($"  entry       {Markup.Escape($"{entry.Name} at {entry.Location}")}");
        }

        if (decision.Rule is { } rule)
        {
            string what = decision.IsAllowed ? "allowed by " : decision.Finding == PolicyFinding.DenyLine ? "denied by  " : "nearest    ";
            console.MarkupLine($"  {what} {Markup.Escape($"{rule.Text} at {rule.Location}")}");
        }

        if ((decision.Rule?.Location ?? decision.Entry?.Location) is { } place && texts.TryGetValue(place.File, out string? text))
        {
            ExcerptOutput.Write(console, SourceExcerpt.OfPolicy(text, place), decision.IsAllowed ? "green" : "red");
        }

        if (decision.IsAllowed)
        {
            WriteAllowed(console, explanation);
        }
        else
        {
            console.MarkupLine($"  why         {Markup.Escape(decision.Hint)}");
            WriteChanges(console, explanation);
        }
    }

    private static void WriteAllowed(IAnsiConsole console, Explanation explanation)
    {
        if (explanation.IsUnseen)
        {
            console.MarkupLine("  note        passed through unopened: method and path are not seen");
        }

        if (explanation.Decision.Credential is { } credential)
        {
            console.MarkupLine($"  credential  {Markup.Escape($"{credential.Name}, as {credential.PlaceText}")}");
        }

        if (explanation.Decision.Entry?.Limits is { } limits)
        {
            console.MarkupLine($"  limits      timeout {Explanation.Seconds(limits.Timeout)}, idle_timeout {Explanation.Seconds(limits.IdleTimeout)}");
        }

        if (explanation.Decision.Entry?.MaxRequestBody is { } bytes)
        {
            console.MarkupLine(FormattableString.Invariant($"  body        at most {bytes} bytes"));
        }

        if (explanation.RateLimit is { } rate)
        {
            string bucket = LimitText.DescriptorText(rate.BucketOf(explanation.Request.Agent));
            console.MarkupLine(Markup.Escape(FormattableString.Invariant($"  rate        {rate.Requests} requests in {rate.PeriodSeconds}s, burst {rate.Burst}, counted by {bucket}{(rate.IsGlobal ? ", over all proxies" : "")}")));
        }

        if (explanation.Budget is { } budget)
        {
            string what = string.Join(" and ", new[] { budget.Requests is { } requests ? FormattableString.Invariant($"{requests} requests") : null, budget.Bytes is { } most ? FormattableString.Invariant($"{most} bytes") : null }.OfType<string>());
            console.MarkupLine(Markup.Escape($"  budget      {what} per {LimitText.PeriodName(budget)} of {explanation.Request.Agent}, for all that it does"));
        }

        if (explanation.Bounds is { } bounds)
        {
            WriteBounds(console, bounds);
        }
    }

    private static void WriteBounds(IAnsiConsole console, AgentBounds bounds)
    {
        (string What, int? Most)[] all = [("connections", bounds.MaxConnections), ("streams", bounds.MaxStreams), ("tunnels", bounds.MaxTunnels)];
        console.MarkupLine(Markup.Escape("  open        at most " + string.Join(", ", all.Where(one => one.Most is not null).Select(one => FormattableString.Invariant($"{one.Most} {one.What}"))) + " of the agent at once"));
    }

    private static void WriteChanges(IAnsiConsole console, Explanation explanation)
    {
        if (explanation.Changes.IsEmpty)
        {
            console.MarkupLine("  to allow    no edit of an entry can allow this request");
        }

        string title = "to allow  ";
        foreach (PolicyChange change in explanation.Changes)
        {
            console.MarkupLine($"  {title}  {Markup.Escape(change.Instruction)}");
            title = "and       ";
        }
    }
}
