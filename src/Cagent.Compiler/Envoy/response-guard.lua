-- SPDX-License-Identifier: Apache-2.0
-- Takes what was injected into a request out of the headers and trailers of its response. The script holds nothing
-- between streams: what was injected stands in the request as it was sent, and ext_authz says where in it.

local MASK = "[redacted]"
local METADATA = "envoy.filters.http.ext_authz"

-- Envoy has read the one as a status and the other as a number.
local FIXED = { [":status"] = true, ["content-length"] = true }

-- What is shorter in base64 or hexadecimal says little, and occurs by chance.
local MIN_FRAGMENT = 6

-- As many layers of escapes as are looked through.
local MAX_LAYERS = 4

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local SIXTETS = {}
for i = 1, #ALPHABET do
  SIXTETS[ALPHABET:byte(i)] = i - 1
end

local HEX, PERCENT = {}, {}
for i = 0, 255 do
  HEX[string.char(i)] = string.format("%02x", i)
  PERCENT[string.char(i)] = string.format("%%%02x", i)
end

local function base64_decode(text)
  local out, bits, count = {}, 0, 0
  for i = 1, #text do
    local sixtet = SIXTETS[text:byte(i)]
    if sixtet then
      bits, count = (bits * 64 + sixtet) % 65536, count + 6
      if count >= 8 then
        count = count - 8
        out[#out + 1] = string.char(math.floor(bits / 2 ^ count) % 256)
      end
    end
  end
  return table.concat(out)
end

local function hex_byte(digits)
  return string.char(tonumber(digits, 16))
end

local function unescape_percent(text)
  return (text:gsub("%%(%x%x)", hex_byte))
end

-- One layer of percent-encoding, and of a JSON string.
local function unescape(text)
  return (unescape_percent(text):gsub("\\u00(%x%x)", hex_byte):gsub("\\(.)", "%1"))
end

-- The credential as it stands in the request: the value, and how it was spelt there.
local function read(request, place, name, before, after)
  local sent
  if place == "query" then
    local path = request:get(":path")
    sent = path:match("[?&]([^?&]*)$"):sub(#name + 2)
  else
    sent = request:get(name)
  end
  if place == "basic" then
    sent = sent:match("^Basic (.*)$")
    return base64_decode(sent):sub(before + 1, -after - 1), sent
  end
  sent = sent:sub(before + 1, -after - 1)
  return place == "query" and unescape_percent(sent) or sent, sent
end

-- In base64 a value looks in three ways, by how many bytes stand before it. What depends on its neighbours is left out.
local function add_base64(handle, value, forms)
  for before = 0, 2 do
    local length = before + #value
    local encoded = handle:base64Escape(string.rep("\0", before) .. value)
    local fragment = encoded:sub(before == 0 and 1 or before + 2, math.floor(length * 8 / 6))
    if #fragment >= MIN_FRAGMENT then
      forms[#forms + 1] = fragment:lower()
      if fragment:find("[+/]") then
        forms[#forms + 1] = fragment:gsub("%+", "-"):gsub("/", "_"):lower()
      end
    end
  end
end

-- Everything to look for, in lower case: an upstream may change the case, and headers' names have none.
local function spell(handle, places)
  local request, forms = handle:requestHeaders(), {}
  for place, name, before, after in places:gmatch("(%S+) (%S+) (%d+) (%d+)") do
    local value, sent = read(request, place, name, tonumber(before), tonumber(after))
    if value == "" then
      error("nothing was injected")
    end
    forms[#forms + 1] = sent:lower()
    forms[#forms + 1] = value:lower()
    forms[#forms + 1] = value:gsub("[^%w%-._~]", PERCENT):lower()
    add_base64(handle, value, forms)
    if #value * 2 >= MIN_FRAGMENT then
      forms[#forms + 1] = (value:gsub(".", HEX))
    end
  end
  if #forms == 0 then
    error("no place is named")
  end
  return forms
end

local function holds(text, forms)
  for _ = 1, MAX_LAYERS do
    local low = text:lower()
    for i = 1, #forms do
      if low:find(forms[i], 1, true) then
        return true
      end
    end
    text = low:find("[%%\\]") and unescape(text) or ""
    if text == "" then
      return false
    end
  end
  return false
end

local function replace(text, form)
  local low, parts, at = text:lower(), {}, 1
  local from, to = low:find(form, 1, true)
  while from do
    parts[#parts + 1] = text:sub(at, from - 1)
    at = to + 1
    from, to = low:find(form, at, true)
  end
  parts[#parts + 1] = text:sub(at)
  return table.concat(parts, MASK)
end

local function mask(text, forms)
  for i = 1, #forms do
    text = replace(text, forms[i])
  end
  -- What shows only behind escapes has no place that could be cut out.
  return holds(text, forms) and MASK or text
end

-- Whether something was taken out. A header whose name holds it goes.
local function clean(headers, forms)
  local all = {}
  for name, value in pairs(headers) do
    all[#all + 1] = name
    all[#all + 1] = value
  end
  if not holds(table.concat(all, "\n"), forms) then
    return false
  end
  local touched, named = {}, {}
  for i = 1, #all, 2 do
    local name, value = all[i], all[i + 1]
    if not FIXED[name] then
      named[name] = holds(name, forms)
      all[i + 1] = mask(value, forms)
      if named[name] or all[i + 1] ~= value then
        touched[name] = true
      end
    end
  end
  for name in pairs(touched) do
    headers:remove(name)
  end
  for i = 1, #all, 2 do
    if touched[all[i]] and not named[all[i]] then
      headers:add(all[i], all[i + 1])
    end
  end
  return next(touched) ~= nil
end

local function note(handle, outcome)
  handle:streamInfo():dynamicMetadata():set("cagent.guard", "outcome", outcome)
end

local function empty(headers)
  local names = {}
  for name in pairs(headers) do
    names[#names + 1] = name
  end
  for _, name in ipairs(names) do
    if name ~= ":status" then
      headers:remove(name)
    end
  end
end

-- In the place of a response that could not be looked through. The answer has begun, so Envoy can give none of its own.
local function close(handle)
  local headers = handle:headers()
  empty(headers)
  headers:replace(":status", "502")
  headers:add("content-type", "application/json")
  headers:add("x-cagent-denied", "response_guard_failed")
  note(handle, "failed")
  local body = '{"error":"denied","reason":"response_guard_failed","hint":"The answer could not be searched for the credential of this host; report it."}'
  for chunk in handle:bodyChunks() do
    chunk:setBytes(body)
    body = ""
  end
end

local function guard(handle)
  local metadata = handle:streamInfo():dynamicMetadata():get(METADATA)
  local places = metadata and metadata["injected"]
  if not places then
    return nil
  end
  local forms = spell(handle, places)
  if clean(handle:headers(), forms) then
    note(handle, "redacted")
  end
  return forms
end

function envoy_on_response(handle)
  local is_done, forms = pcall(guard, handle)
  if not is_done then
    close(handle)
  end
  if forms == nil then
    return
  end
  -- Headers and body go on; only the trailers wait.
  local trailers = handle:trailers()
  if trailers == nil then
    return
  end
  if not is_done then
    empty(trailers)
    return
  end
  local is_clean, found = pcall(clean, trailers, forms)
  if not is_clean then
    empty(trailers)
    note(handle, "failed")
  elseif found then
    note(handle, "redacted")
  end
end
