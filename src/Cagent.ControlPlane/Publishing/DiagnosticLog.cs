// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Publishing;

/// <summary>Logs what is to be said of a policy that was read.</summary>
internal static class DiagnosticLog
{
    private const int MostAlike = 20;

    /// <summary>The first of each code; the rest is counted, and stands in the status. A thousand entries may have a thousand warnings.</summary>
    public static void Write(ILogger logger, string file, ImmutableArray<Diagnostic> diagnostics)
    {
        foreach (IGrouping<string, Diagnostic> alike in diagnostics.GroupBy(diagnostic => diagnostic.Code))
        {
            foreach (Diagnostic diagnostic in alike.Take(MostAlike))
            {
                if (diagnostic.Severity == DiagnosticSeverity.Error)
                {
                    ControlPlaneLog.PolicyInvalid(logger, diagnostic.ToString());
                }
                else
                {
                    ControlPlaneLog.PolicyWarning(logger, diagnostic.ToString());
                }
            }

            if (alike.Count() > MostAlike)
            {
                ControlPlaneLog.MoreAlike(logger, alike.Count() - MostAlike, alike.Key, file);
            }
        }
    }
}
