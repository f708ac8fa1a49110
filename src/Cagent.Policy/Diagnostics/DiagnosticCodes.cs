// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Diagnostics;

/// <summary>Every code that a diagnostic can carry; cause and cure of each stand in <c>docs/diagnostics.md</c>. A code is never reused.</summary>
public static class DiagnosticCodes
{
    public const string Syntax = "CAG1001";
    public const string Tab = "CAG1002";
    public const string TooLarge = "CAG1003";
    public const string Encoding = "CAG1004";
    public const string Empty = "CAG1005";
    public const string RootNotMapping = "CAG1006";
    public const string UnknownKey = "CAG1007";
    public const string DuplicateKey = "CAG1008";
    public const string NotSupported = "CAG1009";
    public const string SeveralDocuments = "CAG1010";
    public const string YamlFeature = "CAG1011";
    public const string WrongType = "CAG1012";
    public const string MissingKey = "CAG1013";
    public const string Version = "CAG1014";
    public const string UnknownValue = "CAG1015";
    public const string TooMany = "CAG1016";
    public const string AmbiguousText = "CAG1017";

    public const string BadHost = "CAG1020";
    public const string DuplicateEntry = "CAG1021";
    public const string AddressAsHost = "CAG1022";
    public const string BadPort = "CAG1023";
    public const string BadAlias = "CAG1024";
    public const string MixedScripts = "CAG1025";
    public const string PrivateName = "CAG1026";
    public const string UnusualPort = "CAG1027";

    public const string BadRule = "CAG1030";
    public const string AllowBesideReadOnly = "CAG1031";
    public const string UnreachableRule = "CAG1032";
    public const string DuplicateRule = "CAG1033";
    public const string EmptyAllow = "CAG1034";
    public const string NotSeenInPassthrough = "CAG1035";
    public const string TlsOverHttp = "CAG1036";
    public const string PointlessDeny = "CAG1037";
    public const string CoveredRule = "CAG1038";

    public const string UndefinedCredential = "CAG1040";
    public const string UnusedCredential = "CAG1041";
    public const string BadHeader = "CAG1042";
    public const string BadFormat = "CAG1043";
    public const string CredentialInClear = "CAG1044";
    public const string PointlessInsecureCredential = "CAG1045";
    public const string BadCredentialSource = "CAG1046";
    public const string CredentialOnWildcard = "CAG1047";
    public const string WiderReach = "CAG1048";
    public const string BadPlace = "CAG1049";

    public const string BadAddress = "CAG1050";
    public const string AddressNeverAllowed = "CAG1051";
    public const string LoopbackAddress = "CAG1052";
    public const string PublicAddress = "CAG1053";
    public const string AddressesOnWildcard = "CAG1054";

    public const string BadDuration = "CAG1060";
    public const string BadPath = "CAG1061";
    public const string BadResolver = "CAG1062";
    public const string BadTrustedCa = "CAG1063";
    public const string UnreadableFile = "CAG1064";
    public const string BadNumber = "CAG1065";
    public const string BadSize = "CAG1066";
    public const string BadTimestamp = "CAG1067";
    public const string BadUrl = "CAG1068";
    public const string UnreachableLimit = "CAG1069";

    public const string BadAgentName = "CAG1070";
    public const string DuplicateAgent = "CAG1071";
    public const string BadIdentity = "CAG1072";
    public const string ShadowedEntry = "CAG1073";
    public const string AmbiguousIdentity = "CAG1074";
    public const string Expired = "CAG1075";
    public const string NoListener = "CAG1076";
    public const string BadTrustBundle = "CAG1077";

    public const string UnreadableLayer = "CAG1080";
    public const string RepeatedLayer = "CAG1081";
    public const string TooManyLayers = "CAG1082";
    public const string ConfinedKey = "CAG1083";
    public const string BadLayerPath = "CAG1084";
    public const string BadArgument = "CAG1085";
    public const string BadProfile = "CAG1086";
    public const string AmbiguousProfile = "CAG1087";
}
