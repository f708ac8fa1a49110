// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Cagent.Policy.Tests.Editing;

/// <summary>Valid policies in many styles: indentation, brackets, comments, blank lines, line ends.</summary>
internal static class RandomPolicies
{
    public static (string Text, int Entries) Create(Random random)
    {
        string end = random.Next(4) == 0 ? "\r\n" : "\n";
        StringBuilder text = new();
        text.Append("# top\nversion: 1  # one\n");
        int entries = random.Next(5);
        string dash = new(' ', random.Next(3) * 2);
        bool isFlow = random.Next(5) == 0;
        if (entries == 0)
        {
            text.Append(random.Next(2) == 0 ? "domains: [] # none\n" : "");
        }
        else if (isFlow)
        {
            text.Append("domains: [").AppendJoin(random.Next(2) == 0 ? ", " : ",\n    ", Enumerable.Range(0, entries).Select(i => $"{{domain: h{i}.example.com, timeout: 30s}}")).Append("]  # flow\n");
        }
        else
        {
            text.Append("domains:   # list\n");
            for (int i = 0; i < entries; i++)
            {
                Entry(text, random, dash, i);
            }
        }

        text.Append(random.Next(2) == 0 ? "# between\n\ndns:\n  upstream: [1.1.1.1]  # dns\n" : "");
        text.Append(random.Next(3) == 0 ? "# the end\n" : "");
        return (text.Replace("\n", end).ToString(), entries);
    }

    private static void Entry(StringBuilder text, Random random, string dash, int i)
    {
        text.Append(random.Next(4) == 0 ? "\n" : "");
        text.Append(random.Next(3) == 0 ? $"{dash}# above {i}\n" : "");
        if (random.Next(4) == 0)
        {
            text.Append(dash).Append($"- {{domain: h{i}.example.com, read_only: true}}  # flow\n");
            return;
        }

        string inner = new(' ', random.Next(1, 4));
        string indentation = $"{dash} {inner}";
        text.Append($"{dash}-{inner}domain: \"h{i}.example.com\"   # host\n");
        text.Append(random.Next(2) == 0 ? $"{indentation}timeout: 30s # time\n" : "");
        text.Append(random.Next(2) == 0 ? $"{indentation}allow:  # rules\n{indentation}  # first\n{indentation}  - GET /a{i}\n{indentation}  - 'POST /b'  # second\n" : "");
        text.Append(random.Next(3) == 0 ? $"{indentation}description: |\n{indentation}  many words\n\n{indentation}  and more\n" : "");
        text.Append(random.Next(3) == 0 ? $"{indentation}# inside {i}\n" : "");
        text.Append(random.Next(4) == 0 ? "\n" : "");
    }
}
