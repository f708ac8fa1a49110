// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Editing;
using Cagent.TestKit.Files;

namespace Cagent.Policy.Tests.Editing;

/// <summary>Layout is made even, meaning and comments stay.</summary>
public sealed class PolicyFormatterTests
{
    [Fact]
    public void Format_UnevenText_GivesTwoSpacesALevel() => Assert.Equal(
        """
        # top
        version: 1 # one
        domains:
          # first
          - domain: a.example.com
            allow: # rules
              # reads
              - GET /a
              - GET /b # second
            description: |
              kept   as it is
                 even so
            # later: x

          - {domain: b.example.com,
             tls: passthrough}
        dns: {upstream: [1.1.1.1]}

        """,
        Formatted("""


        #top
        version: 1 # one
        domains:
        # first
        -    domain: a.example.com
             allow: # rules
             # reads
             - GET /a   
             -  GET /b # second
             description: |
               kept   as it is
                  even so
             # later: x



        - {domain: b.example.com,
           tls: passthrough}
        dns: {upstream: [1.1.1.1]}
        """));

    [Theory]
    [InlineData("version: 1\n")]
    [InlineData("version: 1\r\ndomains:\r\n  - domain: a.example.com\r\n")]
    [InlineData("domains:\n  - description: >-\n      a\n\n\n      b   \n    domain: a.example.com\nversion: 1\n")]
    public void Format_AnEvenText_ChangesNothing(string text) => Assert.Equal(text, Formatted(text));

    [Fact]
    public void Format_ShippedPolicies_AreEven()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "configs"), "*.yaml", SearchOption.AllDirectories))
        {
            Assert.Equal(File.ReadAllText(file), Formatted(File.ReadAllText(file)));
        }
    }

    [Theory]
    [InlineData("version: [")]
    [InlineData("")]
    [InlineData("a: &x 1\nb: *x\n")]
    public void Format_NoPolicy_IsRefused(string text) => Assert.NotNull(PolicyFormatter.Format(text).Problem);

    [Fact]
    public void Format_AnyPolicy_KeepsItsMeaningAndIsDoneAtOnce()
    {
        Random random = new(21);
        for (int i = 0; i < 3_000; i++)
        {
            string text = RandomPolicies.Create(random).Text;

            string once = Formatted(text);

            Assert.Equal(once, Formatted(once));
            Assert.Equal(Comments(text), Comments(once));
            Assert.Equal(PolicyLoader.Load(text, "p").Policy!.Entries.Length, PolicyLoader.Load(once, "p").Policy!.Entries.Length);
        }
    }

    private static int Comments(string text) => text.Count(c => c == '#');

    private static string Formatted(string text)
    {
        PolicyEdit edit = PolicyFormatter.Format(text);
        Assert.True(edit.Problem is null, text);
        return edit.Text!;
    }
}
